/**
 * The passwords that guessers try first, of eight characters or more (shorter ones are refused anyway), in small
 * letters. Drawn from the well-known lists of leaked passwords.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `
  12345678 123456789 1234567890 12345678910 0123456789 123456789a 123456789q 1234567891 01234567 987654321
  9876543210 87654321 11111111 111111111 1111111111 00000000 000000000 0000000000 22222222 55555555 66666666
  77777777 88888888 99999999 11223344 1122334455 112233445566 12341234 12344321 123123123 123321123 123454321
  12121212 13131313 10101010 123abc123 123qweasd 12qwaszx 147258369 147852369 159357258 159753456 741852963
  789456123 963852741 14725836 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 zaq12wsx zaq1zaq1
  q1w2e3r4 q1w2e3r4t5 qwertyui qwertyuiop qwertyuiop123 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456
  qwerty01 qweasdzxc qwe123456 qweqweqwe qwer1234 asdfghjk asdfghjkl asdf1234 asdfasdf asdasdasd zxcvbnm1
  zxcvbnm123 zxcvbnmasd 1234qwer 12345qwert 123456qwerty 123qwe123 123456abc 12345abc abc12345 abc123456 abcd1234
  abcdefgh abcdefghi abcdefg1 abc123abc a1b2c3d4 a1b2c3d4e5 a1234567 a12345678 a123456789 aa123456 aaaaaaaa
  aaa111222 password password1 password2 password12 password123 password1234 password12345 password123456
  password! password1! password01 password00 passw0rd p@ssw0rd p@ssword p@$$w0rd pa$$w0rd pa55word passwort
  passwort1 passw0rd1 passpass motdepasse contraseña contrasena contrasenha wachtwoord haslo123 adminadmin admin123
  admin1234 admin12345 administrator administrator1 changeme changeme1 changeme123 change_me letmein1 letmein123
  letmeinnow welcome1 welcome12 welcome123 welcome1234 welkom01 welkom123 willkommen default1 default123 temp1234
  temppass test1234 testtest test12345 testing1 testing123 tester123 guest123 guestguest demo1234 user1234
  usuario1 rootroot root1234 toor1234 secret123 secret12 topsecret mysecret security master123 mastermaster
  manager1 manager123 support1 support123 service1 database oracle123 postgres postgres123 computer computer1
  internet internet1 internet123 samsung1 samsung123 microsoft google123 facebook facebook1 linkedin linkedin1
  football football1 football123 baseball baseball1 basketball softball1 hockey123 liverpool liverpool1
  chelsea1 arsenal1 barcelona barcelona1 realmadrid juventus manchester ronaldo7 michael1 michelle jennifer
  jessica1 jonathan jordan23 jordan123 nicholas danielle samantha victoria charlie1 charlie123 alexander
  alexandra christian christopher elizabeth stephanie william1 thomas123 matthew1 anthony1 ashley123 daniel123
  superman superman1 batman123 spiderman starwars starwars1 pokemon1 pokemon123 dragon123 dragonball monkey123
  sunshine sunshine1 princess princess1 princess123 iloveyou iloveyou1 iloveyou2 iloveyou123 iloveyou! loveyou1
  lovelove loveme123 trustno1 whatever whatever1 shadow123 shadow12 killer123 hello123 hello1234 hellohello
  helloworld goodluck1 freedom1 forever1 blessed1 jesus123 jesuschrist cheese123 chocolate chocolate1 butterfly
  butterfly1 flower123 cocacola coca-cola pepsi123 mustang1 corvette1 ferrari1 mercedes mercedes1 porsche911
  summer2020 summer2021 summer2022 summer2023 summer2024 summer2025 summer2026 winter2023 winter2024 winter2025
  winter2026 spring2024 spring2025 spring2026 autumn2025 autumn2026 january1 december company1 company123
  business1 rolecall rolecall1 rolecall123
  `
    .trim()
    .split(/\s+/),
);
